"""Pictures, read, changed and written."""

# expect: ok
# limits: memory_mb=1500 processes=64 wall_time_s=120 disk_mb=64
import cv2
import numpy as np
from PIL import Image

Image.fromarray(np.zeros((8, 8, 3), dtype=np.uint8)).save("a.png")
assert cv2.imread("a.png").shape == (8, 8, 3)
open("submission.csv", "w").write("id,label\n1,2\n")
