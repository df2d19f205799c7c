"""The pipeline from a vendor's description to the generated packages.

A source document (`source`) is reduced to the facts of the interface (`facts`, `fields`),
corrected (`repairs`) and brought into the normal form that lies in `openapi/` (`normal_form`,
`schema_form`, `naming`). From there it is prepared for openapi-python-client (`prepare`, `digest`,
`wording`), generated with the templates beside this file, checked and put in place (`render`).
"""
