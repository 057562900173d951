# Build with the whole toolchain, run with nothing but the binary.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home glore
COPY --from=build /src/target/release/glore /usr/local/bin/glore
USER 10001
VOLUME /data
ENV GLORE_STORE__DIR=/data/store
# The server listens on loopback only: run with `--network host`, or put a proxy that checks people
# into the same network namespace.
ENTRYPOINT ["glore"]
CMD ["serve"]
