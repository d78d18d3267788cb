// Runs a notebook when it is opened if its metadata asks for it (ippoolkit.run_on_open) and Jupyter trusts all of its
// code. After that nothing is left to be saved, nor after any notebook is opened: that the kernel says which Python it
// is is no change of the user's. JupyterLab loads this as it is: nothing here is built.
(() => {
  let shared;

  // A module of JupyterLab itself: the only version that it offers.
  async function labModule(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  function plugin({ INotebookTracker, NotebookActions }) {
    // JupyterLab's file browser starts in the folder of the notebook: data and docs are beside it.
    let showWholeFolder = () => {};
    async function runOnOpen(panel) {
      await panel.context.ready;
      const notebook = panel.content.model;
      if (!notebook) return;
      const cellsNow = () => JSON.stringify(notebook.toJSON().cells);
      const cellsOpened = cellsNow();
      const isTrusted = [...notebook.cells].every(cell => cell.type !== "code" || cell.trusted);
      await panel.sessionContext.ready;
      if (!notebook.getMetadata("ippoolkit")?.run_on_open || !isTrusted) {
        await panel.sessionContext.session?.kernel?.info;
        await new Promise(resolve => setTimeout(resolve, 500)); // what is set with the kernel's answer
        if (cellsNow() === cellsOpened) panel.context.model.dirty = false;
        return;
      }
      await NotebookActions.runAll(panel.content, panel.sessionContext);
      await new Promise(resolve => setTimeout(resolve, 500)); // what arrives with the last output
      panel.context.model.dirty = false;
      showWholeFolder();
    }
    return {
      id: "ippoolkit:run-on-open",
      autoStart: true,
      optional: [INotebookTracker], // Voilà loads this too: it has no notebooks to open, only what they show
      activate(app, notebooks) {
        if (!notebooks) return;
        showWholeFolder = () => {
          showWholeFolder = () => {};
          app.commands.execute("filebrowser:go-to-path", { path: "/" });
        };
        notebooks.forEach(runOnOpen);
        notebooks.widgetAdded.connect((_, panel) => runOnOpen(panel));
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.ippoolkit = {
    async init(scope) {
      shared = scope;
    },
    async get() {
      const notebook = await labModule("@jupyterlab/notebook");
      return () => ({ __esModule: true, default: plugin(notebook) });
    },
  };
})();
