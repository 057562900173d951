# Build with the whole toolchain, run with nothing but the binary.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

# Runs as uid 10001 and writes to /data alone, so that the rest can be read-only:
#
#   docker run --rm --network host --read-only --tmpfs /tmp:mode=1777,size=64m \
#     --cap-drop ALL --security-opt no-new-privileges --memory 4g --pids-limit 256 \
#     --volume glore-data:/data --stop-timeout 45 glore
#
# The server listens on loopback only: `--network host`, as above, or a proxy that checks people in
# the same network namespace. A folder of the host in place of the named volume must belong to 10001.
# Settings: `--env GLORE_SECTION__KEY=...`, or a file, `--volume $PWD/glore.toml:/glore.toml:ro`, and
# `glore --config /glore.toml serve`. `docker exec NAME glore doctor`, `check` and `backup /data/FILE`
# work beside the server.
FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data glore \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /src/target/release/glore /usr/local/bin/glore
USER 10001:10001
VOLUME /data
ENV GLORE_STORE__DIR=/data/store
STOPSIGNAL SIGTERM
ENTRYPOINT ["glore"]
CMD ["serve"]
