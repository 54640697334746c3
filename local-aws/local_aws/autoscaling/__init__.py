"""EC2 Auto Scaling: groups, instances, processes, activities."""
