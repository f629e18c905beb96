"""How dates are written where Django's own form isn't ours: a package a language, named in FORMAT_MODULE_PATH."""
