"""The members' client (Taro); from Python only its description is written."""
