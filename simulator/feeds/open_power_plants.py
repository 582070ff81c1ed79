"""Open data on Thailand's power plants: WRI's and Ember's own figures, bundled with the project under CC BY 4.0.

Nothing here is invented: the feed hands over the bundled files as they are, so its paths do not say synthetic.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from simulator.world import World

SOURCE_ID = "open_power_plants"
IS_REAL = True
FOLDER = f"open-data/{SOURCE_ID}"
FILES = ("wri_gppd_raw_thailand.csv", "ember_th_capacity_mw_2017_2024.csv")
# A path, not an import: the simulator does not know the pipeline.
BUNDLE = Path(__file__).parents[2] / "assets" / "sources" / SOURCE_ID / "data"


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for name in FILES:
        yield f"{FOLDER}/{name}", (BUNDLE / name).read_bytes()


def invented_plants() -> bytes:
    """A file alike with plants that do not exist, for the source's sample: the real one's header, its ways of writing units."""
    header = (BUNDLE / FILES[0]).read_text(encoding="utf-8").splitlines()[0].split(",")
    plants = (
        ("SYNTHETIC-1", "SYNTHETIC Mae Mah ตัวอย่างสังเคราะห์", "Coal", "3x150, 6x300", "2250", "1995", "18.30", "99.75"),
        ("SYNTHETIC-2", "SYNTHETIC Dam", "Hydro", "4(125)", "500", "1974", "17.76", "100.56"),
        ("SYNTHETIC-3", "SYNTHETIC Solar Field", "Solar", "", "7.4", "", "", ""),
    )
    names = ("Power Plant ID", "Name", "Fuel", "Units", "Capacity (MW)", "Commissioning Date", "Latitude", "Longitude")
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, header, restval="")
    writer.writeheader()
    for plant in plants:
        writer.writerow({**dict(zip(names, plant, strict=True)), "Country": "Thailand", "Source": "SYNTHETIC"})
    return buffer.getvalue().encode()
