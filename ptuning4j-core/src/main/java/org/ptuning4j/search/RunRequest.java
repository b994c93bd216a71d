package org.ptuning4j.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a trial's run is to be.
 *
 * @param name what it is called among the search's runs, such as {@code 0003} or {@code 0003-12}
 * @param settings what the search sets, by name
 * @param seed the seed
 * @param epochs the epochs that the learning rate falls over
 * @param stopAfter the epochs that are made now, these or fewer
 * @param trainRows the rows that are trained on; null for all that were given
 * @param start the pack to start from; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunRequest(
    String name,
    Map<String, String> settings,
    long seed,
    int epochs,
    @JsonProperty("stop_after") int stopAfter,
    @JsonProperty("train_rows") Integer trainRows,
    String start) {

  /** Copies the settings. */
  public RunRequest {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** All of it as settings of a run, by name, as they are written. */
  public Map<String, String> asSettings() {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put("epochs", Integer.toString(epochs));
    all.put("seed", Long.toString(seed));
    if (stopAfter < epochs) {
      all.put("stop-after", Integer.toString(stopAfter));
    }
    Optional.ofNullable(trainRows).ifPresent(rows -> all.put("train-rows", rows.toString()));
    Optional.ofNullable(start).ifPresent(pack -> all.put("start-from", pack));
    return all;
  }
}
