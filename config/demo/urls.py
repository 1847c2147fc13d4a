"""Pages only a demo has."""

from django.urls import path

from config.demo import views

urlpatterns = [
    path("", views.who_is_who, name="demo"),
    path("outbox", views.outbox, name="demo_outbox"),
    path("outbox/reply", views.reply, name="demo_reply"),
]
