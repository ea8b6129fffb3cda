# The programs of a metrics-lab (metrics server, producer, consumer, ...) in one image; the first argument chooses the program.
# Its build context is made by `metrics-lab up` or `npm run image`: the installed package with its production dependencies in
# rootfs/app, every file of the same time, so that the same content gives the same layers. Nothing runs while it is built.
FROM node:24-slim
COPY rootfs/ /
USER 1000:1000
ENV NODE_ENV=production
ENTRYPOINT ["node", "/app/bin/program.js"]
