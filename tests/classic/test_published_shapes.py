"""Shapes that servers were seen to send, with invented values: nothing is lost, nothing unknown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from tests.classic.described import leaves_of

from jamf_pro_client.classic.models import (
    Computer,
    ComputerInvitation,
    MobileDevice,
    OsXConfigurationProfile,
    Policy,
)
from jamf_pro_client.model import Model

POLICY = b"""
<policy>
 <general><id>1</id><name>A</name><enabled>true</enabled><trigger>EVENT</trigger>
  <trigger_checkin>false</trigger_checkin><trigger_other>now</trigger_other>
  <frequency>Ongoing</frequency><retry_event>none</retry_event><retry_attempts>-1</retry_attempts>
  <date_time_limitations><activation_date_epoch>0</activation_date_epoch><activation_date_utc/>
   <no_execute_on><day>Sun</day><day>Mon</day></no_execute_on></date_time_limitations>
  <network_limitations><any_ip_address>false</any_ip_address><network_segments>
   <network_segment><id>1</id><name>A</name></network_segment></network_segments>
  </network_limitations>
  <override_default_settings><target_drive>/</target_drive><sus>default</sus>
  </override_default_settings><site><id>-1</id><name>None</name></site></general>
 <scope><all_computers>false</all_computers><computers/>
  <limit_to_users><user_groups><user_group>readers</user_group></user_groups></limit_to_users>
  <limitations><users><user><name>ada</name></user><user><name>bo</name></user></users>
   <user_groups><user_group><id>readers</id><name>readers</name></user_group></user_groups>
   <ibeacons/></limitations><exclusions><computers/></exclusions></scope>
 <self_service><use_for_self_service>true</use_for_self_service>
  <reinstall_button_text>Again</reinstall_button_text>
  <self_service_icon><id>1</id><filename>a.png</filename><uri>https://a.invalid/1</uri>
  </self_service_icon>
  <self_service_categories><category><id>1</id><name>A</name><display_in>true</display_in>
   <feature_in>false</feature_in></category></self_service_categories>
  <notification>true</notification><notification>Self Service</notification>
  <notification_subject>B</notification_subject></self_service>
 <package_configuration><packages><size>1</size><package><id>1</id><name>a.pkg</name>
  <action>Install</action><fut>false</fut><feu>false</feu></package></packages>
  <distribution_point>default</distribution_point></package_configuration>
 <scripts><size>1</size><script><id>1</id><name>s</name><priority>After</priority>
  <parameter4>x</parameter4><parameter11/></script></scripts>
 <printers><size>2</size><leave_existing_default/><printer><id>1</id><name>p</name></printer>
  <printer><id>2</id><make_default>false</make_default></printer></printers>
 <account_maintenance><accounts><size>1</size><account><action>Create</action>
  <username>u</username><password_sha256>***</password_sha256><hint/></account></accounts>
  <directory_bindings><size>0</size></directory_bindings>
  <management_account><action>random</action><managed_password_length>8</managed_password_length>
  </management_account><open_firmware_efi_password><of_mode>none</of_mode>
  <of_password_sha256>***</of_password_sha256></open_firmware_efi_password></account_maintenance>
 <reboot><message>Soon</message><startup_disk>Current Startup Disk</startup_disk>
  <specify_startup/><minutes_until_reboot>5</minutes_until_reboot>
  <start_reboot_timer_immediately>false</start_reboot_timer_immediately>
  <file_vault_2_reboot>false</file_vault_2_reboot></reboot>
 <user_interaction><allow_users_to_defer>true</allow_users_to_defer>
  <allow_deferral_minutes>0</allow_deferral_minutes></user_interaction>
</policy>"""
COMPUTER = b"""
<computer>
 <general><id>1</id><supervised>true</supervised><mdm_capable_users>
  <mdm_capable_user>ada</mdm_capable_user></mdm_capable_users>
  <mdm_profile_expiration_epoch>0</mdm_profile_expiration_epoch><mdm_profile_expiration_utc/>
  <remote_management><managed>true</managed><management_password_sha256>***
  </management_password_sha256></remote_management></general>
 <purchasing><os_applecare_id/><os_maintenance_expires/><attachments/></purchasing>
 <peripherals><size>0</size></peripherals>
 <hardware><processor_speed>0</processor_speed><processor_architecture>arm64
  </processor_architecture><is_apple_silicon>true</is_apple_silicon>
  <storage><device><disk>disk0</disk><size>500</size><partitions><partition><name>A</name>
   <size>400</size></partition><partition><name>B</name></partition></partitions></device>
  </storage><filevault2_users><user>ada</user></filevault2_users></hardware>
 <certificates><size>2</size><certificate><expires_epoch/><identity>true</identity></certificate>
  <certificate><expires_epoch>1700000000000</expires_epoch></certificate></certificates>
 <software><unix_executables/><applications><size>1</size><application><name>A</name>
  <bundle_id>a</bundle_id></application></applications><available_updates><update><name>U</name>
  </update></available_updates><running_services><name>a</name><name>b</name></running_services>
 </software>
 <extension_attributes><extension_attribute><id>1</id><multi_value>false</multi_value><value/>
  </extension_attribute></extension_attributes>
 <groups_accounts><computer_group_memberships><group>A</group></computer_group_memberships>
  <local_accounts><user><name>ada</name><home_size_mb>-1</home_size_mb></user></local_accounts>
  <user_inventories><disable_automatic_login>true</disable_automatic_login>
   <user><username>a</username></user><user><username>b</username></user></user_inventories>
 </groups_accounts><iphones/>
</computer>"""
PROFILE = b"""
<os_x_configuration_profile>
 <general><id>1</id><payloads>&lt;plist&gt;a &amp;amp; b&#13;&lt;/plist&gt;</payloads>
  <user_removable>false</user_removable></general>
 <scope><jss_users><user><id>1</id></user></jss_users><jss_user_groups>
  <user_group><id>1</id></user_group><user_group><id>2</id></user_group></jss_user_groups>
  <exclusions><jss_users/><jss_user_groups><user_group><id>3</id></user_group></jss_user_groups>
  </exclusions></scope>
 <self_service><self_service_display_name>A</self_service_display_name>
  <security><removal_disallowed>Never</removal_disallowed><password/></security></self_service>
</os_x_configuration_profile>"""
DEVICE = b"""
<mobile_device>
 <general><modelDisplay>A</modelDisplay><model_display>B</model_display></general>
 <security><lost_location_latitude>44.81436821</lost_location_latitude>
  <lost_location_speed>-1</lost_location_speed></security>
</mobile_device>"""
INVITATION = b"""
<computer_invitation><id>1</id>
 <invitation>123456789012345678901234567890123456789</invitation>
 <expiration_date>Unlimited</expiration_date><times_used>007</times_used></computer_invitation>"""
SHAPES: dict[type[Any], bytes] = {
    Policy: POLICY,
    Computer: COMPUTER,
    OsXConfigurationProfile: PROFILE,
    MobileDevice: DEVICE,
    ComputerInvitation: INVITATION,
}


def unknown(value: Any, place: str = "") -> Iterator[str]:
    """Yield the places of what no model names."""
    if isinstance(value, list):
        for part in value:
            yield from unknown(part, place)
    if isinstance(value, Model):
        yield from (f"{place}/{name}" for name in value.additional_properties)
        for field in attrs.fields(type(value)):
            yield from unknown(getattr(value, field.name), f"{place}/{field.name}")


def uncounted(content: bytes) -> bytes:
    """Return a document without the counts of its lists; other sizes have several digits."""
    return re.sub(rb"<size>\d</size>", b"", content)


@pytest.mark.parametrize("cls", SHAPES, ids=lambda cls: cls.__name__)
def test_a_published_shape_comes_out_leaf_for_leaf(cls: type[Any]) -> None:
    record = cls.from_xml(SHAPES[cls])
    assert leaves_of(record.to_xml()) == leaves_of(uncounted(SHAPES[cls]))
    assert cls.from_dict(json.loads(json.dumps(record.to_dict()))) == record


@pytest.mark.parametrize("cls", SHAPES, ids=lambda cls: cls.__name__)
def test_a_published_shape_has_a_field_for_everything(cls: type[Any]) -> None:
    found = set(unknown(cls.from_xml(SHAPES[cls])))
    assert found == ({"/self_service/notification[2]"} if cls is Policy else set())


def test_numbers_and_sentinels_are_what_was_sent() -> None:
    computer: Any = Computer.from_xml(COMPUTER)
    invitation: Any = ComputerInvitation.from_xml(INVITATION)
    assert [one.expires_epoch for one in computer.certificates] == [None, 1700000000000]
    assert computer.hardware.storage[0].size == 500
    assert [part.size for part in computer.hardware.storage[0].partitions][:1] == [400]
    assert invitation.invitation == 123456789012345678901234567890123456789
    assert (invitation.expiration_date, invitation.times_used) == ("Unlimited", "007")


def test_unknown_elements_are_kept_however_often_they_stand_there() -> None:
    content = (
        b"<computer><zoo><cub><n>1</n></cub><cub><n>2</n><m/></cub><lion>1</lion></zoo>"
        b"<zed>1</zed><zed>2</zed><zed/><general><new>1</new><new>2</new></general></computer>"
    )
    computer = Computer.from_xml(content)

    assert leaves_of(computer.to_xml()) == leaves_of(content)
    assert computer.additional_properties == {
        "zoo": {"cub": [{"n": "1"}, {"n": "2", "m": ""}], "lion": "1"},
        "zed": ["1", "2", ""],
    }
