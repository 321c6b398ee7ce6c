"""The sentences of `grader.failures` about failed programs, for translation; a test keeps the two alike."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES = {
    "network": gettext_noop(
        "Programs here have no network: nothing can be downloaded or installed. Use the competition's files, "
        "or train without pretrained weights."
    ),
    "network_dataset": gettext_noop(
        "Programs here have no network, so no data set can be downloaded. Use the competition's files."
    ),
    "numpy_alias": gettext_noop(
        "NumPy removed np.%(name)s in 1.24: write Python's own name (np.int: int, np.float: float, np.bool: "
        "bool), or np.int64, np.float64, np.bool_."
    ),
    "numpy_2": gettext_noop(
        "NumPy 2 removed or renamed this name (np.NaN is np.nan, np.Inf is np.inf, np.float_ is np.float64, "
        "np.product is np.prod); the code is for an older NumPy."
    ),
    "pandas_append": gettext_noop("pandas 2 removed append: write pd.concat([a, b], ignore_index=True)."),
    "pandas_ix": gettext_noop("pandas removed this method: use .loc or .iloc, .to_numpy(), .items() or .map()."),
    "sklearn_removed": gettext_noop(
        "The scikit-learn here is newer than the code: what it asks for was removed (load_boston; "
        "plot_confusion_matrix, now ConfusionMatrixDisplay; get_feature_names, now get_feature_names_out)."
    ),
    "sklearn_argument": gettext_noop(
        "The scikit-learn here is newer than the code: this argument was renamed or removed (sparse is "
        "sparse_output, base_estimator is estimator, affinity is metric). See its documentation."
    ),
    "keras_moved": gettext_noop(
        "There is no TensorFlow here. Keras 3 runs on torch: write “import keras” and “from keras import "
        "layers” instead of tensorflow.keras; keras.preprocessing.text and similar modules are gone."
    ),
    "own_package": gettext_noop(
        "A file that is started can't import with a point in front: write “from models import net” instead of"
        " “from . import net”."
    ),
    "no_package": gettext_noop(
        "There is no package or file %(name)s here, and none can be installed. There are: %(there)s."
    ),
    "no_name": gettext_noop(
        "%(module)s has no %(name)s here: look at its version's documentation, or whether your own file has this name."
    ),
    "windows_path": gettext_noop(
        "A path of your Windows computer doesn't exist here. The competition's files are in the folder data: "
        "write data/NAME, with /. There are: %(there)s."
    ),
    "home_path": gettext_noop(
        "A path of your own computer doesn't exist here. The competition's files are in the folder data: "
        "write data/NAME. There are: %(there)s."
    ),
    "colab_path": gettext_noop(
        "A path of Google Colab doesn't exist here. The competition's files are in the folder data: write "
        "data/NAME. There are: %(there)s."
    ),
    "no_file": gettext_noop(
        "The competition's files are in the folder data, and paths begin where the program starts: write "
        "data/NAME. There are: %(there)s."
    ),
    "disk": gettext_noop("The disk of a run is full: write less, and remove what is no longer needed."),
    "many_files": gettext_noop("Too many files are open at once: close them, best with “with open(...)”."),
    "read_only": gettext_noop(
        "A program may write in its own folder and in /tmp only; the folder data can't be changed. Write "
        "submission.csv without a folder in front."
    ),
    "encoding": gettext_noop(
        "The text is in another encoding than the program assumes: name it, as in open(path, "
        "encoding='utf-8') or pd.read_csv(path, encoding='latin-1')."
    ),
    "not_csv": gettext_noop(
        "The file isn't the table that pandas was told to read: look at its separator (sep=), quotation marks"
        " and first lines."
    ),
    "gpu_memory": gettext_noop(
        "The GPU's memory is full: use smaller batches or a smaller model, and torch.no_grad() where nothing is learnt."
    ),
    "torch_load": gettext_noop(
        "There is no GPU here, and the saved model lay on one: torch.load(path, map_location='cpu')."
    ),
    "torch_weights": gettext_noop(
        "torch.load reads weights only by now: save model.state_dict(), or pass weights_only=False for a file"
        " of your own."
    ),
    "no_gpu": gettext_noop(
        "There is no GPU here: choose device = 'cuda' if torch.cuda.is_available() else 'cpu', and use "
        ".to(device) instead of .cuda()."
    ),
    "two_devices": gettext_noop("Model and data are on two devices: move both with .to(device)."),
    "memory": gettext_noop(
        "The memory did not suffice: load fewer columns or rows at once, use float32, sparse matrices, "
        "smaller batches or fewer processes (n_jobs)."
    ),
    "processes": gettext_noop("Too many processes and threads: lower n_jobs, num_workers or the size of the pool."),
    "main_guard": gettext_noop("Start processes only under: if __name__ == '__main__'."),
    "worker_died": gettext_noop(
        "A process of the DataLoader died, most often for lack of memory: use num_workers=0 or smaller batches."
    ),
    "recursion": gettext_noop("A function called itself too often: see that it ends, or write a loop."),
    "screen": gettext_noop(
        "There is no screen here: leave out plt.show(), cv2.imshow and windows, or save pictures to files."
    ),
    "input": gettext_noop("Nobody sits at the keyboard here: replace input() by a value."),
    "nan_input": gettext_noop(
        "The data has missing or infinite values, which this model doesn't take: fill them (SimpleImputer, "
        "fillna) or drop them."
    ),
    "not_fitted": gettext_noop("The model was used before fit(...): fit it first, and use the object that was fitted."),
    "text_to_number": gettext_noop(
        "A column holds text where numbers are needed: drop it, or encode it (OneHotEncoder, pd.get_dummies)."
    ),
    "ragged": gettext_noop("The rows have different lengths, so they are no array: pad or cut them, or keep a list."),
    "dtype": gettext_noop("Two types of numbers meet: convert one, for example .float() or .astype('float32')."),
    "shapes": gettext_noop(
        "The sizes don't fit: print the .shape of both just before this line, and see that training and test "
        "data have the same columns."
    ),
    "singular": gettext_noop(
        "The matrix has no inverse, or the method did not converge: columns depend on each other. Use "
        "np.linalg.lstsq, a pseudo-inverse or regularisation."
    ),
    "no_column": gettext_noop(
        "There is no such key or column. The columns of the competition's tables are: %(there)s."
    ),
    "index": gettext_noop(
        "A position lies beyond the end: positions go from 0 to the length less one. Print the length just before."
    ),
    "division": gettext_noop("Something was divided by 0, often the length of an empty list. Check it first."),
    "tabs": gettext_noop("The indentation is not consistent: use four spaces on each step, and no tabs."),
    "syntax": gettext_noop(
        "This line, or the one above, is no Python: look for a missing bracket, quotation mark or colon."
    ),
    "notebook": gettext_noop("%(name)s exists in notebooks only: delete the line, or use print(...)."),
    "no_such_name": gettext_noop(
        "The name %(name)s is used before it is given a value: look for a typing error or a missing import."
    ),
    "none": gettext_noop(
        "Something is None that should be a value: a function without return, or a step that changes in place"
        " and gives back nothing."
    ),
    "arguments": gettext_noop(
        "The function takes other arguments here: compare the call with the documentation of the installed version."
    ),
    "interrupted": gettext_noop("The program stopped waiting for something that did not come."),
    "own_file_shadows": gettext_noop(
        "Your file %(name)s has the name of a package, and Python imports it instead. Rename it."
    ),
    "near": gettext_noop("Perhaps you mean %(near)s."),
    "exit_code": gettext_noop("The program ended itself with exit code %(code)s."),
    "killed_memory": gettext_noop(
        "It was ended by SIGKILL (exit code 137), most often for lack of memory; a program that passes on the"
        " exit code 137 of a process of its own looks the same. Use less memory: smaller batches, fewer "
        "columns, fewer processes."
    ),
    "crashed": gettext_noop(
        "It crashed in compiled code (%(signal)s), not in Python: an array of a wrong type or size, too deep "
        "a recursion, or a fault of a package. Print what you pass to the last call."
    ),
    "ended_by": gettext_noop("It was ended by %(signal)s."),
}
