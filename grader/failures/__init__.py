"""Why a student's program failed, from what it wrote: the exception with its causes, his own lines, and what to do.

All of it is text that the program chose. It decides nothing, is bounded in size and read in one pass.
"""

from grader.failures.advice import Advice, Surroundings, advise
from grader.failures.failure import Failure, Frame
from grader.failures.report import Report, report
from grader.failures.traceback_text import read_failure

__all__ = ["Advice", "Failure", "Frame", "Report", "Surroundings", "advise", "read_failure", "report"]
