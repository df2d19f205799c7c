"""Holds JSON bodies against their schemas and says in words what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from openapi_schema_validator import OAS30WriteValidator
from referencing import Registry, Resource

from jamf_pro_sandbox.description import Description, Operation, Schema

__all__ = ("BodyChecker",)

_HOME: Final = "urn:jamf-pro:description"
_WORDS: Final = {
    "minLength": "is shorter than {}",
    "maxLength": "is longer than {}",
    "minimum": "is less than {}",
    "maximum": "is more than {}",
    "minItems": "has fewer than {} items",
    "maxItems": "has more than {} items",
    "uniqueItems": "repeats an item",
    "pattern": "does not match {}",
    "format": "is not of format {}",
    "enum": "is none of {}",
    "readOnly": "is read-only and must not be sent",
}


class BodyChecker:
    """Checks bodies; the validator of an operation is made when it is first needed.

    Args:
        description: What the bodies have to be valid by.
    """

    def __init__(self, description: Description) -> None:
        self._description = description
        # An opaque resource: properties that are called `id` must not be taken for schema ids.
        resource = Resource.opaque(description.document)
        self._registry: Registry[Any] = Registry().with_resource(_HOME, resource)
        self._validators: dict[tuple[str, str], Any] = {}

    def problems(self, operation: Operation, media_type: str, body: Any) -> list[str]:
        """Say what is wrong with a body, each problem with its JSON pointer.

        Args:
            operation: Whose body it is.
            media_type: One that the operation describes.
            body: Decoded.
        """
        if operation.body_kind == "merge-patch":
            body = self._without_nulls(body, operation.bodies[media_type])
        errors = self._validator(operation, media_type).iter_errors(body)
        # A null breaks two rules of the validator at once.
        return list(dict.fromkeys(text for error in errors for text in _say(error)))

    def unknown_properties(self, schema: Schema, value: Any, pointer: str = "") -> Iterator[str]:
        """Yield the JSON pointers of properties that the schema does not name.

        Args:
            schema: Of the value.
            value: Decoded.
            pointer: Where the value lies.
        """
        schema = self._select(schema, value)
        if isinstance(value, list):
            for number, item in enumerate(value):
                items = schema.get("items", {})
                yield from self.unknown_properties(items, item, f"{pointer}/{number}")
        elif isinstance(value, Mapping) and "properties" in schema:
            for key, item in value.items():
                if key in schema["properties"]:
                    part = schema["properties"][key]
                    yield from self.unknown_properties(part, item, f"{pointer}/{key}")
                elif not schema.get("additionalProperties"):
                    yield f"{pointer}/{key}"

    def _validator(self, operation: Operation, media_type: str) -> Any:
        key = (operation.operation_id, media_type)
        if key not in self._validators:
            schema = {"$ref": f"{_HOME}#{operation.pointer_to_body(media_type)}"}
            self._validators[key] = OAS30WriteValidator(
                schema,
                registry=self._registry,
                format_checker=OAS30WriteValidator.FORMAT_CHECKER,
            )
        return self._validators[key]

    def _without_nulls(self, value: Any, schema: Schema) -> Any:
        """Drop nulls of optional properties: in a merge patch they mean "remove"."""
        schema = self._select(schema, value)
        if not isinstance(value, Mapping):
            return value
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        return {
            key: self._without_nulls(item, properties.get(key, {}))
            for key, item in value.items()
            if item is not None or key in required
        }

    def _select(self, schema: Schema, value: Any) -> Schema:
        """Resolve a schema; of a tagged union, take the variant that the value names."""
        schema = self._description.resolve(schema)
        discriminator = schema.get("discriminator")
        if discriminator is None or not isinstance(value, Mapping):
            return schema
        tag = value.get(discriminator["propertyName"])
        target = discriminator.get("mapping", {}).get(tag)
        return self._description.resolve({"$ref": target}) if target else schema


def _say(error: Any) -> Iterator[str]:
    """Word one validation error without repeating the value, which may be a secret."""
    where = "/" + "/".join(str(step) for step in error.absolute_path)
    where = "body" if where == "/" else f"body {where}"
    match error.validator:
        case "required":
            yield f"{where}: {error.message.replace('is a required property', 'is required')}"
        case "type":
            if error.instance is None:
                yield f"{where}: must not be null"
            elif "None for not nullable" not in error.message:
                yield f"{where}: must be of type {error.validator_value}"
        case "enum" if error.instance is None and error.schema.get("nullable"):
            # Strictly read, null would have to be listed as well; no description does that.
            return
        case "oneOf":
            yield f"{where}: matches no variant; is the tag property right?"
        case kind if kind in _WORDS:
            yield f"{where}: {_WORDS[kind].format(error.validator_value)}"
        case kind:
            yield f"{where}: breaks {kind!r}"
