"""placeholder"""

from fastapi import FastAPI
from runtime.site import Site


def create(site: Site) -> FastAPI:
    return FastAPI()
