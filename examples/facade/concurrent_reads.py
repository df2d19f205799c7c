"""Every computer in full, five at a time: with threads, without a line about threads."""

from __future__ import annotations

from collections.abc import Iterator

from jamf_pro_client import JamfProClient, load_from_env, server_from_env
from jamf_pro_client.models import ComputerInventoryV4


def every_computer(client: JamfProClient) -> Iterator[ComputerInventoryV4]:
    """Yield each computer with all of its sections, in the order of the ids."""
    ids = [computer.id for computer in client.pro_api.get_computer_inventory_v4()]
    return client.concurrent_api_requests(
        handler=client.pro_api.get_v4_computers_inventory_detail_id, arguments=ids
    )


def every_computer_raw(client: JamfProClient) -> Iterator[ComputerInventoryV4]:
    """Do the same with raw requests: dicts are the arguments, the model reads the replies."""
    ids = [computer.id for computer in client.pro_api.get_computer_inventory_v4()]
    return client.concurrent_api_requests(
        handler=client.pro_api_request,
        arguments=[
            {"method": "get", "resource_path": f"v4/computers-inventory-detail/{one}"}
            for one in ids
        ],
        return_model=ComputerInventoryV4,
    )


def line_of(computer: ComputerInventoryV4) -> str:
    """Return id, name and user of a computer."""
    name = computer.general.name if computer.general else ""
    user = computer.user_and_location.username if computer.user_and_location else ""
    return f"{computer.id} {name} {user}"


def main() -> None:
    """Print a line for each computer of the server that the environment names."""
    with JamfProClient(server_from_env(), load_from_env()) as client:
        for computer in every_computer(client):
            print(line_of(computer))


if __name__ == "__main__":
    main()
