"""A small network, with two workers that load its data."""

# expect: ok
# limits: memory_mb=2048 processes=64 wall_time_s=200 disk_mb=64
import torch
from torch.utils.data import DataLoader, TensorDataset

if __name__ == "__main__":
    X = torch.randn(64, 4)
    y = X.sum(dim=1, keepdim=True)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for a, b in DataLoader(TensorDataset(X, y), batch_size=16, num_workers=2):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(a), b).backward()
        optimizer.step()
    open("submission.csv", "w").write("id,label\n1,2\n")
