#!/usr/bin/python3
"""WHIP and WHEP with GStreamer's webrtcbin, for tests: HTTP by the standard library, media by the pipeline.

  whip_gstreamer.py publish URL [--codec vp8|h264]     sends a test picture and a tone until its input closes
  whip_gstreamer.py watch URL [--frames N]             ends when N pictures and N buffers of sound have been decoded
  whip_gstreamer.py offer [--watch]                    prints the offer it would make

Says what happens as lines of JSON. Ends with 0 when all went well.
"""
import argparse
import json
import sys
import threading
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
FEEDBACK = "rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true,rtcp-fb-ccm-fir=(boolean)true"
CODECS = {
    "vp8": ("vp8enc deadline=1 cpu-used=8 keyframe-max-dist=60 target-bitrate=600000 ! rtpvp8pay picture-id-mode=15-bit",
            "encoding-name=VP8"),
    "h264": ("openh264enc complexity=low gop-size=60 bitrate=600000 ! video/x-h264,profile=constrained-baseline ! "
             "rtph264pay config-interval=-1 aggregate-mode=zero-latency",
             "encoding-name=H264,packetization-mode=(string)1,profile-level-id=(string)42e01f"),
}


def say(**facts):
    print(json.dumps(facts), flush=True)


class Client:
    def __init__(self, url, token):
        self.url, self.token = url, token
        self.resource = None
        self.loop = GLib.MainLoop()
        self.failed = None

    # ---- HTTP

    def ask(self, method, url, body=None, **headers):
        request = urllib.request.Request(url, data=body.encode() if body else None, method=method, headers=headers)
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        return urllib.request.urlopen(request, timeout=10)

    def offer_is_ready(self):
        sdp = self.webrtc.get_property("local-description").sdp.as_text()
        if self.url is None:
            print(sdp, end="")
            return self.loop.quit()
        threading.Thread(target=self.exchange, args=(sdp,), daemon=True).start()

    def exchange(self, offer):
        try:
            answer = self.ask("POST", self.url, offer, **{"Content-Type": "application/sdp"})
            self.resource = urllib.parse.urljoin(self.url, answer.headers["Location"])
            text = answer.read().decode()
            say(event="answered", status=answer.status, resource=self.resource)
            GLib.idle_add(self.take_answer, text)
        except Exception as error:  # the test shall see it, whatever it was
            body = error.read().decode() if hasattr(error, "read") else ""
            GLib.idle_add(self.fail, f"{error} {body}")

    def take_answer(self, text):
        _, message = GstSdp.SDPMessage.new_from_text(text)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.webrtc.emit("set-remote-description", answer, Gst.Promise.new())

    def hang_up(self):
        if self.resource:
            say(event="ended", status=self.ask("DELETE", self.resource).status)

    # ---- the pipeline

    def start(self, description):
        self.pipeline = Gst.Pipeline()
        self.pipeline.add(Gst.parse_bin_from_description(description, False))
        self.webrtc = self.pipeline.get_by_name("w")
        self.webrtc.connect("on-negotiation-needed", self.make_offer)
        self.webrtc.connect("notify::ice-gathering-state", self.gathering)
        self.webrtc.connect("notify::connection-state", self.connection)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.fail(str(message.parse_error())))

    def make_offer(self, webrtc):
        webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offer_made, webrtc))

    def offer_made(self, promise, webrtc):
        self.reply = promise.get_reply()  # the offer lives in it
        webrtc.emit("set-local-description", self.reply.get_value("offer"), Gst.Promise.new())

    def gathering(self, webrtc, _):
        if webrtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            GLib.idle_add(self.offer_is_ready)

    def connection(self, webrtc, _):
        say(event="connection", state=webrtc.get_property("connection-state").value_nick)

    def fail(self, why):
        self.failed = why
        self.loop.quit()

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        try:
            self.hang_up()
        finally:
            self.pipeline.set_state(Gst.State.NULL)
        if self.failed:
            say(event="failed", why=self.failed)
        return 1 if self.failed else 0


class Publisher(Client):
    def __init__(self, url, token, codec):
        super().__init__(url, token)
        encoder, caps = CODECS[codec]
        self.start(f"""
          webrtcbin name=w bundle-policy=max-bundle
          audiotestsrc is-live=true wave=sine freq=440 ! audioconvert ! audioresample ! opusenc ! rtpopuspay !
            application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! w.
          videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1 ! videoconvert !
            {encoder} ! application/x-rtp,media=video,{caps},payload=96,{FEEDBACK} ! w.""")
        for index in range(2):
            transceiver = self.webrtc.emit("get-transceiver", index)
            transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        if url:
            threading.Thread(target=self.wait_for_the_end, daemon=True).start()

    def wait_for_the_end(self):
        sys.stdin.read()
        GLib.idle_add(self.loop.quit)


class Watcher(Client):
    def __init__(self, url, token, frames):
        super().__init__(url, token)
        self.wanted, self.counts = frames, {"audio": 0, "video": 0}
        self.start("webrtcbin name=w bundle-policy=max-bundle latency=50")
        self.webrtc.connect("pad-added", self.stream_added)
        for caps in (f"application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2,extmap-1={MID}",
                     f"application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,extmap-1={MID},{FEEDBACK}"):
            self.webrtc.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.caps_from_string(caps))

    def stream_added(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        decoder = Gst.ElementFactory.make("decodebin")
        decoder.connect("pad-added", self.decoded_added)
        self.webrtc.get_parent().add(decoder)  # beside the one that made the pad
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def decoded_added(self, _, pad):
        kind = pad.get_current_caps().get_structure(0).get_name().split("/")[0]
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("sync", False)
        self.webrtc.get_parent().add(sink)
        sink.sync_state_with_parent()
        pad.add_probe(Gst.PadProbeType.BUFFER, lambda *_: self.count(kind))
        pad.link(sink.get_static_pad("sink"))
        say(event="decoding", kind=kind)

    def count(self, kind):
        self.counts[kind] += 1
        if min(self.counts.values()) >= self.wanted:
            say(event="watched", **self.counts)
            self.wanted = float("inf")
            GLib.idle_add(self.loop.quit)
        return Gst.PadProbeReturn.OK


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["publish", "watch", "offer"])
    parser.add_argument("url", nargs="?")
    parser.add_argument("--token")
    parser.add_argument("--codec", choices=list(CODECS), default="vp8")
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--watch", action="store_true")
    arguments = parser.parse_args()
    Gst.init(None)
    if arguments.what == "watch" or arguments.watch:
        client = Watcher(arguments.url, arguments.token, arguments.frames)
    else:
        client = Publisher(arguments.url, arguments.token, arguments.codec)
    return client.run()


sys.exit(main())
