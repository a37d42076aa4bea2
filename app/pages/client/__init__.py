"""The members' client as a page: the bundle built from `miniprogram/`, as it is. Holds no rule."""
