"""A plot without a screen."""

# expect: ok
# limits: memory_mb=1500 processes=64 wall_time_s=120 disk_mb=64
import matplotlib.pyplot as plt

plt.plot([1, 2, 3])
plt.savefig("plot.png")
plt.show()
open("submission.csv", "w").write("id,label\n1,2\n")
