from .block import Block
from .session import Session
from .user import User

__all__ = ["Block", "Session", "User"]
