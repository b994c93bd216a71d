package org.ptuning4j.backbone.mpnet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.ptuning4j.GoldenSet;

/** Which row of MPNet's table stands for which distance. */
class MpnetBucketsTest {

  private static final int FARTHEST = 520;

  @Test
  void bucketsAreT5sForBothDirections() {
    JsonNode tables = GoldenSet.json(GoldenSet.folder().resolve("tables").resolve("tables.json"));
    int compared = 0;
    for (JsonNode table : tables.get("t5")) {
      if (table.get("bidirectional").asBoolean()) {
        compared++;
        MpnetBuckets buckets =
            new MpnetBuckets(table.get("num_buckets").asInt(), table.get("max_distance").asInt());
        long[] rows = buckets.rows(-FARTHEST, 2 * FARTHEST + 1);
        for (int i = 0; i < rows.length; i++) {
          // The table counts from key to query.
          assertThat(rows[i])
              .as("%s, distance %d", buckets, i - FARTHEST)
              .isEqualTo(table.get("bucket").get(2 * FARTHEST - i).asLong());
        }
      }
    }
    assertThat(compared).isPositive();
  }
}
