"""One frame in several parts: the grid, the layers that render it, and the picture put together again."""
