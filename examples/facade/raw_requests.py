"""Any path of a server, also one that nobody describes: raw requests with the client's token."""

from __future__ import annotations

from jamf_pro_client import JamfProClient, load_from_env, server_from_env


def pro_building_names(client: JamfProClient) -> list[str]:
    """Return the names of the first buildings, read from the bare reply."""
    response = client.pro_api_request("get", "v1/buildings", {"page-size": 5, "sort": "name:asc"})
    response.raise_for_status()
    return [row["name"] for row in response.json()["results"]]


def classic_status(client: JamfProClient, computer_id: int) -> int:
    """Return the status that the Classic API answers with; a refusal is a reply like any other."""
    return client.classic_api_request("get", f"computers/id/{computer_id}").status_code


def rename_building(client: JamfProClient, building_id: str, name: str) -> str:
    """Replace a building and return its name; the same as with the typed operation."""
    response = client.pro_api_request("put", f"v1/buildings/{building_id}", data={"name": name})
    response.raise_for_status()
    typed = client.pro_api.get_v1_buildings_id(building_id)
    return str(typed.name)


def main() -> None:
    """Print the first buildings of the server that the environment names."""
    with JamfProClient(server_from_env(), load_from_env()) as client:
        print(pro_building_names(client))


if __name__ == "__main__":
    main()
