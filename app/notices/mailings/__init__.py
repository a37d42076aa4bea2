"""Service messages to members who agreed to them: segments, review, schedule, sending. 服务消息"""
