"""What a worker needs to make a report: loaded once, by the process that forks the workers."""

import gc
import os

# One thread: a process should be forked while it has no others, and reports run beside each other anyway.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
gc.disable()  # modules stay: there is nothing to collect while they load

import IPython.core.interactiveshell
import papermill.execute
import xlsxwriter

from . import build, notebook_engine, sections
from .formats.html_page import page_template

__all__ = ["IPython", "build", "notebook_engine", "papermill", "sections", "xlsxwriter"]

page_template()
gc.enable()
gc.freeze()  # what is loaded stays shared: a collection in a worker would copy all of it
