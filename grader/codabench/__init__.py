"""Read a Codabench v2 bundle of a competition of results, with what is doubtful in it.

bundle = read_bundle(load_files(path))
solution = bundle.solution_csv()
"""

from grader.codabench.bundle import BadBundle, Bundle, Page, Phase, Remark, Task, read_bundle
from grader.codabench.files import load_files

__all__ = ["BadBundle", "Bundle", "Page", "Phase", "Remark", "Task", "load_files", "read_bundle"]
