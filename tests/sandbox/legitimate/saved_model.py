"""A model saved, loaded, compressed and unpacked."""

# expect: ok
import gzip
import pickle
import shutil
import zipfile

with gzip.open("model.pkl.gz", "wb") as file:
    pickle.dump({"w": [1.0] * 1000}, file)
with gzip.open("model.pkl.gz") as file:
    assert len(pickle.load(file)["w"]) == 1000
with zipfile.ZipFile("a.zip", "w") as archive:
    archive.write("model.pkl.gz")
shutil.unpack_archive("a.zip", "unpacked")
open("submission.csv", "w").write("id,label\n1,2\n")
