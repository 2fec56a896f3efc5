from .block import Block
from .client_key import ClientKey
from .session import Session
from .user import User

__all__ = ["Block", "ClientKey", "Session", "User"]
