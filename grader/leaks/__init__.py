"""Does a public file tell hidden labels? Every file is looked into, whatever it is called and however it is packed.

Found: the hidden file itself; labels beside hidden ids or in the rows' order, in another writing, unit or naming of the
classes; test rows among the labelled ones; ids or an order of rows that predict the label. A *sure* leak blocks; what may
be legitimate is a warning. Limits: archives four deep, 1000 members and 512 MB in all; of tables 2 million rows; images,
sound and binary formats other than NumPy's arrays are compared byte for byte alone, and what was not read is said.
"""

from grader.leaks.bounded import search
from grader.leaks.finding import Leak
from grader.leaks.search import find_leaks

__all__ = ["Leak", "find_leaks", "search"]
