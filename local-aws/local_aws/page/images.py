"""Repositories and their images on the page."""

from ministack.services import ecr

from local_aws.ecr.images import images_of, size_bytes
from local_aws.ecr.scans import summarize
from local_aws.page.html import Column, Html, element, section, status, table
from local_aws.page.time import render_bytes, render_time


def show_images() -> Html:
    """Shows the images of an account and region, the newest of each repository first."""
    rows = [
        (
            name,
            ", ".join(image["imageTags"]) or element("span", "untagged", class_="soft"),
            element("code", image["imageDigest"][:19]),
            render_bytes(size_bytes(name, image)),
            render_time(image["imagePushedAt"]),
            status(scan["imageScanStatus"]["status"]) if (scan := summarize(image)) else "",
        )
        for name in sorted(ecr._repositories.keys())
        for image in reversed(images_of(name))
    ]
    columns = ("Repository", "Tags", "Digest", Column("Size", "number"), "Pushed (UTC)", "Scan")
    return section("Images", table(columns, rows, "No image."), level=3)
