"""What each advice says, in English; `%(name)s` are its parameters. The site translates these sentences."""

from __future__ import annotations

SENTENCES = {
    "network": "Programs here have no network: nothing can be downloaded or installed. Use the competition's files, or "
    "train without pretrained weights.",
    "network_dataset": "Programs here have no network, so no data set can be downloaded. Use the competition's files.",
    "numpy_alias": "NumPy removed np.%(name)s in 1.24: write Python's own name (np.int: int, np.float: float, np.bool: bool), or "
    "np.int64, np.float64, np.bool_.",
    "numpy_2": "NumPy 2 removed or renamed this name (np.NaN is np.nan, np.Inf is np.inf, np.float_ is np.float64, "
    "np.product is np.prod); the code is for an older NumPy.",
    "pandas_append": "pandas 2 removed append: write pd.concat([a, b], ignore_index=True).",
    "pandas_ix": "pandas removed this method: use .loc or .iloc, .to_numpy(), .items() or .map().",
    "sklearn_removed": "The scikit-learn here is newer than the code: what it asks for was removed (load_boston; "
    "plot_confusion_matrix, now ConfusionMatrixDisplay; get_feature_names, now get_feature_names_out).",
    "sklearn_argument": "The scikit-learn here is newer than the code: this argument was renamed or removed (sparse is "
    "sparse_output, base_estimator is estimator, affinity is metric). See its documentation.",
    "keras_moved": "There is no TensorFlow here. Keras 3 runs on torch: write “import keras” and “from keras import layers” "
    "instead of tensorflow.keras; keras.preprocessing.text and similar modules are gone.",
    "own_package": "A file that is started can't import with a point in front: write “from models import net” instead of "
    "“from . import net”.",
    "no_package": "There is no package or file %(name)s here, and none can be installed. There are: %(there)s.",
    "no_name": "%(module)s has no %(name)s here: look at its version's documentation, or whether your own file has this name.",
    "windows_path": "A path of your Windows computer doesn't exist here. The competition's files are in the folder data: "
    "write data/NAME, with /. There are: %(there)s.",
    "home_path": "A path of your own computer doesn't exist here. The competition's files are in the folder data: write "
    "data/NAME. There are: %(there)s.",
    "colab_path": "A path of Google Colab doesn't exist here. The competition's files are in the folder data: write "
    "data/NAME. There are: %(there)s.",
    "no_file": "The competition's files are in the folder data, and paths begin where the program starts: write data/NAME. "
    "There are: %(there)s.",
    "disk": "The disk of a run is full: write less, and remove what is no longer needed.",
    "many_files": "Too many files are open at once: close them, best with “with open(...)”.",
    "read_only": "A program may write in its own folder and in /tmp only; the folder data can't be changed. Write "
    "submission.csv without a folder in front.",
    "encoding": "The text is in another encoding than the program assumes: name it, as in open(path, encoding='utf-8') or "
    "pd.read_csv(path, encoding='latin-1').",
    "not_csv": "The file isn't the table that pandas was told to read: look at its separator (sep=), quotation marks and first "
    "lines.",
    "gpu_memory": "The GPU's memory is full: use smaller batches or a smaller model, and torch.no_grad() where nothing is "
    "learnt.",
    "torch_load": "There is no GPU here, and the saved model lay on one: torch.load(path, map_location='cpu').",
    "torch_weights": "torch.load reads weights only by now: save model.state_dict(), or pass weights_only=False for a file "
    "of your own.",
    "no_gpu": "There is no GPU here: choose device = 'cuda' if torch.cuda.is_available() else 'cpu', and use .to(device) "
    "instead of .cuda().",
    "two_devices": "Model and data are on two devices: move both with .to(device).",
    "memory": "The memory did not suffice: load fewer columns or rows at once, use float32, sparse matrices, smaller batches "
    "or fewer processes (n_jobs).",
    "processes": "Too many processes and threads: lower n_jobs, num_workers or the size of the pool.",
    "main_guard": "Start processes only under: if __name__ == '__main__'.",
    "worker_died": "A process of the DataLoader died, most often for lack of memory: use num_workers=0 or smaller batches.",
    "recursion": "A function called itself too often: see that it ends, or write a loop.",
    "screen": "There is no screen here: leave out plt.show(), cv2.imshow and windows, or save pictures to files.",
    "input": "Nobody sits at the keyboard here: replace input() by a value.",
    "nan_input": "The data has missing or infinite values, which this model doesn't take: fill them (SimpleImputer, "
    "fillna) or drop them.",
    "not_fitted": "The model was used before fit(...): fit it first, and use the object that was fitted.",
    "text_to_number": "A column holds text where numbers are needed: drop it, or encode it (OneHotEncoder, "
    "pd.get_dummies).",
    "ragged": "The rows have different lengths, so they are no array: pad or cut them, or keep a list.",
    "dtype": "Two types of numbers meet: convert one, for example .float() or .astype('float32').",
    "shapes": "The sizes don't fit: print the .shape of both just before this line, and see that training and test data have the same "
    "columns.",
    "singular": "The matrix has no inverse, or the method did not converge: columns depend on each other. Use "
    "np.linalg.lstsq, a pseudo-inverse or regularisation.",
    "no_column": "There is no such key or column. The columns of the competition's tables are: %(there)s.",
    "index": "A position lies beyond the end: positions go from 0 to the length less one. Print the length just before.",
    "division": "Something was divided by 0, often the length of an empty list. Check it first.",
    "tabs": "The indentation is not consistent: use four spaces on each step, and no tabs.",
    "syntax": "This line, or the one above, is no Python: look for a missing bracket, quotation mark or colon.",
    "notebook": "%(name)s exists in notebooks only: delete the line, or use print(...).",
    "no_such_name": "The name %(name)s is used before it is given a value: look for a typing error or a missing import.",
    "none": "Something is None that should be a value: a function without return, or a step that changes in place and gives "
    "back nothing.",
    "arguments": "The function takes other arguments here: compare the call with the documentation of the installed version.",
    "interrupted": "The program stopped waiting for something that did not come.",
    "own_file_shadows": "Your file %(name)s has the name of a package, and Python imports it instead. Rename it.",
    "near": "Perhaps you mean %(near)s.",
    "exit_code": "The program ended itself with exit code %(code)s.",
    "killed_memory": "It was ended by SIGKILL (exit code 137), most often for lack of memory; a program that passes on the exit code "
    "137 of a process of its own looks the same. Use less memory: smaller batches, fewer columns, fewer processes.",
    "crashed": "It crashed in compiled code (%(signal)s), not in Python: an array of a wrong type or size, too deep a recursion, "
    "or a fault of a package. Print what you pass to the last call.",
    "ended_by": "It was ended by %(signal)s.",
}
