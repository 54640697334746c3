"""Basic scans of images: what they find is what a test has set, and nothing without that.

A scan moves on with each look at it: PENDING, IN_PROGRESS, then its last status.
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartImageScan.html
"""

import time
from collections import Counter
from typing import Any

from local_aws.ecr.error import EcrError, in_registry

Data = dict[str, Any]

_QUOTA_SECONDS = 24 * 3600
_DESCRIPTIONS = {
    "COMPLETE": "The scan was completed successfully.",
    "FAILED": "Failed to complete the scan.",
}


def start_scan(image: Data) -> Data:
    """Starts a scan of an image, at most one in 24 hours; returns its status."""
    scan = image.get("_scan")
    if scan and scan["startedAt"] > time.time() - _QUOTA_SECONDS:
        text = "The scan quota per image has been exceeded. Wait and try again."
        raise EcrError("LimitExceededException", text)
    planned = image.get("_planned_scan", {"statuses": ["PENDING", "IN_PROGRESS", "COMPLETE"]})
    image["_scan"] = {"startedAt": time.time(), **planned, "statuses": list(planned["statuses"])}
    return status_of(image["_scan"])


def status_of(scan: Data) -> Data:
    """Returns the status of a scan as it is now."""
    status = scan["statuses"][0]
    description = scan.get("description") or _DESCRIPTIONS.get(status)
    return {"status": status, **({"description": description} if description else {})}


def plan_scan(image: Data, statuses: list[str], findings: list[Data], description: str | None) -> None:
    """Sets what the scan of an image goes through and finds; one that was started begins again."""
    image["_planned_scan"] = {"statuses": statuses, "findings": findings, "description": description}
    if image.pop("_scan", None):
        start_scan(image)


def describe_findings(repository: str, image: Data, identifier: str) -> Data:
    """Describes the scan of an image, with what it found once it is complete."""
    scan = image.get("_scan")
    if scan is None:
        place = f"in the repository with name '{repository}' {in_registry()}"
        text = f"Image scan does not exist for the image with '{identifier}' {place}"
        raise EcrError("ScanNotFoundException", text)
    answer = {"imageScanStatus": status_of(scan)}
    if scan["statuses"][0] == "COMPLETE":
        answer["imageScanFindings"] = {**_summary(scan), "findings": scan.get("findings", [])}
    if len(scan["statuses"]) > 1:
        del scan["statuses"][0]
    return answer


def summarize(image: Data) -> Data:
    """Returns what DescribeImages shows of an image's scan."""
    scan = image.get("_scan")
    if scan is None:
        return {}
    done = scan["statuses"][0] == "COMPLETE"
    return {
        "imageScanStatus": status_of(scan),
        **({"imageScanFindingsSummary": _summary(scan)} if done else {}),
    }


def _summary(scan: Data) -> Data:
    counts = Counter(finding["severity"] for finding in scan.get("findings", []))
    return {
        "imageScanCompletedAt": scan["startedAt"],
        "vulnerabilitySourceUpdatedAt": scan["startedAt"],
        "findingSeverityCounts": dict(counts),
    }
