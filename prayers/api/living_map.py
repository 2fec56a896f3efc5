"""The Living Map over REST."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.views import ApiView, person_id, query_time
from prayermap.lib.rate import hit
from prayermap.lib.times import utc_now
from prayers import map_schemas
from prayers.api.prayers import BBOX, query_box
from prayers.places import WORLD, degrees
from prayers.queries.living_map import map_of, map_since


class LivingMap(ApiView):
    @documented(
        summary="Prayers and memorial lines within a box",
        description="GeoJSON, the same for everybody. Prayers come in clusters where they are many.",
        responses={200: map_schemas.MapView},
        parameters=(BBOX, query("since", "Only what came or changed in or after the hour of this time.")),
        tags=("map",),
    )
    def get(self, request: Request) -> Response:
        box, since = query_box(request) or WORLD, query_time(request, "since")
        hit("map", str(person_id(request)))
        now = utc_now()
        with acting_as(person_id(request)):
            found = map_of(box) if since is None else map_since(box, since)
        west, east = box.parts[0][0], box.parts[-1][1]
        bounds = (degrees(west), degrees(box.south), degrees(east), degrees(box.north))
        return Response(map_schemas.MapView(bounds, found.features, found.is_complete, now))
