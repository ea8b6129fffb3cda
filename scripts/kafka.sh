#!/usr/bin/env bash
# The real Kafka broker out of its Maven artifacts: puts its jars into the cache, once, and prints their folder.
#   bash scripts/kafka.sh          needs java and mvn
set -euo pipefail
version=4.1.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/metrics-lab-rig/kafka-$version
if [ ! -d "$cache" ]; then
  work=$(mktemp -d "${TMPDIR:-/tmp}/kafka.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cat >"$work/pom.xml" <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>lab</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.1</version></dependency>
  </dependencies>
</project>
POM
  mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/jars" >&2
  mkdir -p "$(dirname "$cache")"
  mv "$work/jars" "$cache"
fi
echo "$cache"
