from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Every `admin.site` is the portal's."""

    default_site = "portal.admin_site.PortalAdminSite"
