import asyncio
import socket

import uvicorn
from uvicorn.server import ServerState

from nmt.serving.config import ServerConfig
from nmt.serving.server import _listen, _Protocol


def test_answers_do_not_wait_for_acknowledgements():
    async def connected() -> int:
        config = uvicorn.Config(lambda scope, receive, send: None)
        config.load()
        made = []

        def protocol() -> _Protocol:
            made.append(_Protocol(config=config, server_state=ServerState(), app_state={}))
            return made[0]

        server = await asyncio.get_running_loop().create_server(protocol, sock=_listen(ServerConfig(port=0)))
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            while not made or made[0].transport is None:
                await asyncio.sleep(0)
            option = made[0].transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.close()
            made[0].transport.close()
        return option

    assert asyncio.run(connected()) == 1
