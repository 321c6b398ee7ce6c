"""The causes that people meet most, told by the exception's type and its text. The first that fits is taken.

No pattern has a repetition inside another one, and each is tried on 3000 characters at most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """`types`: any when empty."""

    code: str
    types: frozenset[str]
    pattern: re.Pattern[str]


def _cause(code: str, types: str, pattern: str = "") -> Cause:
    return Cause(code, frozenset(types.split()), re.compile(pattern, re.IGNORECASE))


NETWORK = (
    r"name resolution|name or service not known|nodename nor servname|network is unreachable|max retries exceeded|"
    r"failed to establish a new connection|connection refused|errno -[23]\b|urlopen error|couldn't connect to|"
    r"offline mode|LocalEntryNotFound|getaddrinfo|url fetch failure|no address associated|failed to resolve|dns failure"
)

CAUSES = (
    # packages and their versions
    _cause("network", "LocalEntryNotFoundError OfflineModeIsEnabled gaierror URLError ConnectTimeout NewConnectionError "
           "MaxRetryError ProxyError ConnectionRefusedError NameResolutionError ConnectError"),
    _cause("network", "", NETWORK),
    _cause("network", "LookupError", r"nltk\.download"),
    _cause("network_dataset", "RuntimeError", r"dataset not found.*download=True"),
    _cause("numpy_alias", "AttributeError", r"module 'numpy' has no attribute '(?P<name>int|float|bool|object|str|complex|long|unicode)'"),
    _cause("numpy_2", "AttributeError", r"`?np\.(?P<name>\w+)`? was removed in the NumPy 2|module 'numpy' has no attribute '(?P<other>\w+)'"),
    _cause("pandas_append", "AttributeError", r"'(DataFrame|Series)' object has no attribute 'append'"),
    _cause("pandas_ix", "AttributeError", r"'(DataFrame|Series)' object has no attribute '(ix|as_matrix|iteritems|get_value|lookup|applymap|mad)'"),
    _cause("sklearn_removed", "ImportError", r"load_boston|`?load_boston`? has been removed"),
    _cause("sklearn_removed", "ImportError AttributeError ModuleNotFoundError",
           r"(cannot import name '(?P<name>\w+)' from 'sklearn|No module named 'sklearn\.(?P<module>[\w.]+)'|has no attribute 'get_feature_names')"),
    _cause("sklearn_argument", "TypeError InvalidParameterError", r"unexpected keyword argument '(sparse|normalize|base_estimator|affinity|squared|multi_class|algorithm|presort)'"),
    _cause("keras_moved", "ModuleNotFoundError ImportError", r"No module named '(tensorflow[\w.]*|keras\.(preprocessing|layers|utils|wrappers|optimizers|datasets)[\w.]*)'|from 'keras[\w.]*'"),
    _cause("own_package", "ImportError", r"attempted relative import"),
    _cause("no_package", "ModuleNotFoundError", r"No module named '(?P<name>[\w.]+)'"),
    _cause("no_name", "ImportError", r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    # files
    _cause("windows_path", "FileNotFoundError OSError", r"'(?P<path>[A-Za-z]:[\\/][^'\n]*|[^'\n]{0,200}\\\\[^'\n]*)'"),
    _cause("windows_path", "SyntaxError", r"\(unicode error\).{0,200}\\[Uux]"),
    _cause("colab_path", "FileNotFoundError", r"'(?P<path>/content/[^'\n]*)'"),
    _cause("home_path", "FileNotFoundError PermissionError", r"'(?P<path>/(home|Users|root|mnt)/[^'\n]*)'"),
    _cause("disk", "", r"No space left on device|\[Errno (28|122)\]"),
    _cause("many_files", "", r"\[Errno 24\]|too many open files"),
    _cause("read_only", "PermissionError OSError", r"(Permission denied|Read-only file system)(: '(?P<path>[^'\n]*)')?"),
    _cause("no_file", "FileNotFoundError", r"'(?P<path>[^'\n]*)'"),
    _cause("no_file", "FileNotFoundError"),
    _cause("encoding", "UnicodeDecodeError UnicodeEncodeError"),
    _cause("not_csv", "ParserError EmptyDataError"),
    # accelerators
    _cause("gpu_memory", "OutOfMemoryError", r"CUDA|GPU"),
    _cause("gpu_memory", "", r"CUDA out of memory"),
    _cause("torch_load", "RuntimeError", r"deserialize object on a CUDA device"),
    _cause("torch_weights", "UnpicklingError", r"weights_only|weights only load"),
    _cause("no_gpu", "", r"not compiled with CUDA enabled|no NVIDIA driver|no CUDA-capable device|CUDA_ERROR_NO_DEVICE|No CUDA GPUs"),
    _cause("no_gpu", "", r"device_type='?cuda|Torch not compiled with|GPU is not (enabled|available)|device cuda"),
    _cause("two_devices", "RuntimeError", r"Expected all tensors to be on the same device|Input type .* and weight type .* should be the same"),
    # limits of the machine
    _cause("memory", "MemoryError _ArrayMemoryError ArrayMemoryError"),
    _cause("memory", "", r"Unable to allocate|can't allocate memory|Cannot allocate memory|DefaultCPUAllocator"),
    _cause("memory", "TerminatedWorkerError BrokenProcessPool", r""),
    _cause("processes", "", r"can't start new thread|Resource temporarily unavailable|\[Errno 11\]"),
    _cause("main_guard", "RuntimeError", r"bootstrapping phase|freeze_support"),
    _cause("worker_died", "RuntimeError", r"DataLoader worker .{0,60}(exited unexpectedly|killed by signal)"),
    _cause("recursion", "RecursionError"),
    _cause("screen", "TclError", r""),
    _cause("screen", "", r"no display name|cannot connect to X server|could not connect to display|The function is not implemented. Rebuild the library with"),
    _cause("input", "EOFError", r"reading a line"),
    # data and shapes
    _cause("nan_input", "ValueError", r"Input (X |y |array )?contains NaN|contains infinity or a value too large"),
    _cause("not_fitted", "NotFittedError"),
    _cause("text_to_number", "ValueError", r"could not convert string to float: ?'?(?P<name>[^'\n]{0,80})"),
    _cause("ragged", "ValueError", r"inhomogeneous shape|setting an array element with a sequence"),
    _cause("dtype", "RuntimeError", r"(expected (m1 and m2 to have the same dtype|scalar type)|mat1 and mat2 must have the same dtype|found dtype)"),
    _cause("dtype", "TypeError", r"can't convert np.ndarray of type numpy.object_"),
    _cause("shapes", "ValueError RuntimeError", r"shapes? .{0,80}(not aligned|cannot be multiplied|could not be broadcast)|inconsistent numbers of samples|could not be broadcast|"
           r"must match the size of tensor|size mismatch|mismatch in its core dimension|Found input variables with inconsistent|features, but \w+ is expecting|Length of values|Expected 2D array"),
    _cause("singular", "LinAlgError"),
    _cause("no_column", "KeyError", r"(?m)^['\"]?(?P<name>[^'\"\n\]]{1,80})['\"]?$"),
    _cause("no_column", "KeyError", r"\[?'(?P<name>[^'\n]{1,80})'.{0,200}not in index|None of \[.{0,40}'(?P<other>[^'\n]{1,80})'"),
    _cause("index", "IndexError"),
    _cause("division", "ZeroDivisionError"),
    _cause("tabs", "TabError IndentationError"),
    _cause("syntax", "SyntaxError"),
    _cause("notebook", "NameError", r"name '(?P<name>get_ipython|display)' is not defined"),
    _cause("no_such_name", "NameError UnboundLocalError", r"'(?P<name>\w+)'"),
    _cause("none", "AttributeError TypeError", r"'?NoneType'?"),
    _cause("arguments", "TypeError", r"(unexpected keyword argument|missing \d+ required positional argument|takes \d+ positional argument)"),
    _cause("interrupted", "KeyboardInterrupt TimeoutExpired TimeoutError"),
)  # fmt: skip
