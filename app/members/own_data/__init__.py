"""What members may do with their own data: have it told, and have it erased (注销)."""
