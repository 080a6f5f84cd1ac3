(alias (alias_name) @reference.type)
