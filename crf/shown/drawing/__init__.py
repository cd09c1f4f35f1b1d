"""Pictures of dashboards: drawn on the server as inline SVG whose colours are the page's, light, dark and on paper."""
