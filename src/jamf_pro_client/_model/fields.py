"""The words with which generated classes declare their fields, and what makes them classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jamf_pro_client.shapes import Shape

if TYPE_CHECKING:
    from inspect import Signature

    from jamf_pro_client._model.plans import Plan

REQUIRED: Final = object()
"""The default of a field that has none."""


class Declared(NamedTuple):
    """A field as a generated class declares it; see `json_field`."""

    json_name: str
    shape: Shape
    default: Any
    read_only: bool
    secret: bool
    nullable: bool
    write_only: bool
    item: str = ""
    decoded_twice: bool = False


def json_field(
    json_name: str,
    shape: Shape = None,
    *,
    default: Any = REQUIRED,
    read_only: bool = False,
    secret: bool = False,
    nullable: bool = False,
    write_only: bool = False,
    item: str = "",
    decoded_twice: bool = False,
) -> Any:
    """Declare a field of a model.

    Args:
        json_name: Its name in JSON.
        shape: How its value is decoded; None for values that are taken as they are.
        default: UNSET for fields that may be absent; a constant for tags; none for required ones.
        read_only: The server sets it; it is not sent.
        secret: It is left out of `repr`.
        nullable: The description says that it may be null; others are null all the same.
        write_only: Servers never send it.
        item: In XML, the element of each value of a list; empty where the field's own is repeated.
        decoded_twice: In XML, the server decodes entities once more than it should.
    """
    return Declared(
        json_name,
        shape,
        default,
        read_only,
        secret,
        nullable,
        write_only,
        item,
        decoded_twice,
    )


class ModelType(type):
    """Makes classes of declared fields: with slots, without generated code.

    attrs would write and compile methods for each of a thousand classes when they are imported.
    What attrs wants to know of a class is worked out when it asks.
    """

    _declared: dict[str, Declared]
    _package: str
    """That of the models which the fields name; a subclass may live elsewhere."""
    _plan: Plan | None
    _make_reader: Callable[..., Callable[[Any], Any]]
    _make_filler: Callable[..., Callable[[list[Any]], list[Any]]]

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> ModelType:
        declared = {key: value for key, value in namespace.items() if isinstance(value, Declared)}
        for key in declared:
            del namespace[key]
        namespace.setdefault("__slots__", tuple(declared))
        inherited = next((base._declared for base in bases if isinstance(base, ModelType)), None)
        if declared and inherited:
            raise TypeError(f"{name} cannot add fields to {bases[0].__name__}, only methods")
        if not inherited:
            namespace["_declared"] = declared
            namespace["_package"] = namespace["__module__"].rpartition(".")[0]
        namespace["_plan"] = None
        return super().__new__(mcls, name, bases, namespace)

    if not TYPE_CHECKING:  # or every misspelt name of a class would pass type checks

        def __getattr__(cls: Any, name: str) -> Any:
            if name == "__attrs_attrs__":
                # Never set on the class: msgspec would take the objects for attrs instances of
                # which every slot is set, and write those it finds.
                from jamf_pro_client._model.attrs_view import attributes_of

                return attributes_of(cls)
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")

    @property
    def __signature__(cls: Any) -> Signature:
        from jamf_pro_client._model.attrs_view import signature_of

        return signature_of(cls)
