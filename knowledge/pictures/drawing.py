"""What of SVG only draws: elements, attributes, and the functions that their values may call."""

from __future__ import annotations

ELEMENTS = {
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse"),
    *(
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "textPath",
        "style",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
    ),
    *("mask", "pattern", "marker"),
}
ATTRIBUTES = {
    *("id", "class", "style", "transform", "viewBox", "preserveAspectRatio", "width", "height", "x", "y"),
    *("x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "fr", "d", "points", "dx", "dy"),
    *("rotate", "textLength", "lengthAdjust", "startOffset", "method", "spacing", "side", "pathLength"),
    *("offset", "spreadMethod", "gradientUnits", "gradientTransform", "patternUnits", "patternContentUnits"),
    *("patternTransform", "clipPathUnits", "maskUnits", "maskContentUnits", "markerUnits", "markerWidth"),
    *("markerHeight", "refX", "refY", "orient", "role", "lang", "version", "aria-label", "aria-labelledby"),
    *("aria-describedby", "aria-hidden", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width"),
    *("stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray"),
    *("stroke-dashoffset", "opacity", "color", "display", "visibility", "overflow", "clip-path", "clip-rule"),
    *("mask", "marker-start", "marker-mid", "marker-end", "stop-color", "stop-opacity", "paint-order"),
    *("vector-effect", "shape-rendering", "text-rendering", "font", "font-family", "font-size", "font-style"),
    *("font-weight", "font-variant", "font-stretch", "text-anchor", "dominant-baseline", "alignment-baseline"),
    *("baseline-shift", "letter-spacing", "word-spacing", "text-decoration", "writing-mode"),
}
# In lower case, as values are compared.
CALLS = {
    *(
        "rgb",
        "rgba",
        "hsl",
        "hsla",
        "var",
        "calc",
        "matrix",
        "translate",
        "rotate",
        "scale",
        "skewx",
        "skewy",
        "translatex",
        "translatey",
    ),
}
