package org.ptuning4j.train.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * The result of a run: the content of {@code result.json}.
 *
 * @param method the method's name
 * @param task the task's name
 * @param trainableParameters the number of trained values
 * @param totalParameters these and all frozen ones
 * @param frozenBackbone whether the backbone's own weights stayed as they were
 * @param best each metric's value at the best evaluation; one that is undefined there is missing
 * @param undefined the metrics that are undefined there, such as the correlation with a constant
 * @param epoch the epoch of the best evaluation, from 1
 * @param step the step of the best evaluation
 * @param average whether what is saved is the moving average of the trained values
 * @param steps the steps made
 * @param finished whether the run went to its end; false if it was interrupted
 * @param trainSeconds seconds of training, evaluations apart
 * @param tokensPerSecond tokens trained per second, padding apart
 * @param peakMemoryBytes the most memory that the process held; 0 where the system does not tell
 * @param precision the backbone's precision
 * @param kernels the kernels in use
 * @param seed the seed
 * @param learningRate the peak learning rate
 * @param decisions what the run decided by itself
 * @param settings every setting by its name
 * @param versions of the library, libtorch and Java, and the machine
 * @param fingerprints of the model and of the data files
 * @param skippedRows bad rows left out of the data
 * @param warnings what the watchdogs said
 */
public record TrainingResult(
    String method,
    String task,
    @JsonProperty("trainable_parameters") long trainableParameters,
    @JsonProperty("total_parameters") long totalParameters,
    @JsonProperty("frozen_backbone") boolean frozenBackbone,
    Map<String, Double> best,
    @JsonProperty("undefined_metrics") List<String> undefined,
    int epoch,
    int step,
    boolean average,
    int steps,
    boolean finished,
    @JsonProperty("train_seconds") double trainSeconds,
    @JsonProperty("tokens_per_second") double tokensPerSecond,
    @JsonProperty("peak_memory_bytes") long peakMemoryBytes,
    String precision,
    String kernels,
    long seed,
    @JsonProperty("learning_rate") double learningRate,
    List<Decision> decisions,
    Map<String, Object> settings,
    Map<String, String> versions,
    Map<String, Object> fingerprints,
    @JsonProperty("skipped_rows") int skippedRows,
    List<String> warnings) {

  /** Trained values as a share of all, from 0 to 1. */
  public double trainableShare() {
    return (double) trainableParameters / totalParameters;
  }
}
