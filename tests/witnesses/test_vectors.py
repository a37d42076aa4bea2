"""WeChat's published vectors through the product, the sandbox and every witness."""

from __future__ import annotations

import base64
import json

import pytest
from wechatpy import WeChatClient
from wechatpy.crypto import WeChatCrypto, WeChatWxaCrypto
from wechatpy.utils import WeChatSigner

from app.wechat.signing import PushKeys, PushProof, push_signature, unseal_push
from app.wechat.web_login import signature_of
from sandbox.envelopes import signature as sandbox_signature

LIBRARIES = ["wechat-crypto", "@wecom/crypto"]
SEALED = ["push", "reply"]


def account(vector):
    return {name: vector[name] for name in ("token", "aes_key", "app_id")}


def wechatpy_signature(*parts):
    signer = WeChatSigner()
    signer.add_data(*parts)
    return signer.signature


def signed_parts(vector):
    """What the signature covers: three parts, or four where something is encrypted."""
    parts = [vector["token"], vector["timestamp"], vector["nonce"]]
    return [*parts, vector["encrypted"]] if "encrypted" in vector else parts


@pytest.mark.parametrize("name", ["address_check", *SEALED])
@pytest.mark.parametrize("signature", [push_signature, sandbox_signature, wechatpy_signature])
def test_the_published_signatures_hold(vectors, name, signature):
    assert signature(*signed_parts(vectors[name])) == vectors[name]["signature"]


@pytest.mark.parametrize("name", SEALED)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_from_npm_agrees_with_the_published_signatures(vectors, node, name, library):
    vector = vectors[name]
    claims = {key: vector[key] for key in ("timestamp", "nonce", "encrypted")}
    found = node.ask("message.sign", library=library, account=account(vector), **claims)
    assert found == vector["signature"]


@pytest.mark.parametrize("name", SEALED)
def test_the_product_opens_the_published_ciphers(vectors, name):
    vector = vectors[name]
    key = base64.b64decode(vector["aes_key"] + "=")
    keys = PushKeys(vector["token"], key, (vector["app_id"],), "safe")
    proof = PushProof("", vector["signature"], vector["timestamp"], vector["nonce"])
    opened = unseal_push(keys, proof, {"Encrypt": vector["encrypted"]})
    assert opened == (vector["clear"].encode(), vector["app_id"])


@pytest.mark.parametrize("name", SEALED)
def test_wechatpy_opens_the_published_ciphers(vectors, name):
    vector = vectors[name]
    crypto = WeChatCrypto(vector["token"], vector["aes_key"], vector["app_id"])
    proof = (vector["signature"], vector["timestamp"], vector["nonce"])
    assert crypto.decrypt_message({"Encrypt": vector["encrypted"]}, *proof) == vector["clear"]


@pytest.mark.parametrize("name", SEALED)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_from_npm_opens_the_published_ciphers(vectors, node, name, library):
    vector = vectors[name]
    found = node.ask(
        "message.open", library=library, account=account(vector), encrypted=vector["encrypted"]
    )
    assert found == {"message": vector["clear"], "id": vector["app_id"]}


def test_the_published_page_signature_holds(vectors, node):
    vector = vectors["page"]
    claims = {name: vector[name] for name in ("ticket", "nonce", "timestamp", "url")}
    assert node.ask("page.sign", **claims) == vector["signature"]
    ours = signature_of(*(claims[name] for name in ("ticket", "nonce", "timestamp", "url")))
    assert ours == vector["signature"]
    client = WeChatClient("wxany", "any")
    found = client.jsapi.get_jsapi_signature(
        vector["nonce"], vector["ticket"], vector["timestamp"], vector["url"]
    )
    assert found == vector["signature"]


def test_the_published_user_data_is_opened(vectors, node):
    vector = vectors["encrypted_data"]
    crypto = WeChatWxaCrypto(vector["session_key"], vector["iv"], vector["app_id"])
    assert crypto.decrypt_message(vector["encrypted"]) == vector["clear"]
    sealed = {name: vector[name] for name in ("session_key", "iv", "encrypted")}
    assert json.loads(node.ask("data.open", **sealed)) == vector["clear"]
