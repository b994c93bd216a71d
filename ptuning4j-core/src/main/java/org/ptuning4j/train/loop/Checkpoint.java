package org.ptuning4j.train.loop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.UnexpectedTensors;

/**
 * The state of a run in one file, so that it is there whole or not at all: parameters, the
 * optimiser's moments, and {@link Progress} in the header. A run that continues from it makes the
 * same steps, to the bit, as one that was never interrupted.
 */
final class Checkpoint {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROGRESS = "progress";
  private static final String OPTIMISER_STEPS = "optimiser_steps";

  private Checkpoint() {}

  /**
   * Saves the state of a run.
   *
   * @param average of the parameters, where one is kept
   */
  static void save(
      Path file,
      List<Parameter> parameters,
      AdamW optimiser,
      Optional<ParameterAverage> average,
      Progress progress) {
    Map<String, Tensor> tensors = values(parameters);
    tensors.putAll(optimiser.state());
    average.ifPresent(kept -> tensors.putAll(kept.state()));
    try {
      SafetensorsWriter.write(
          file,
          tensors,
          Map.of(
              PROGRESS,
              JSON.writeValueAsString(progress),
              OPTIMISER_STEPS,
              String.valueOf(optimiser.steps())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("progress is plain data", e);
    }
  }

  /** Takes up a saved state. */
  static Progress restore(
      Path file, List<Parameter> parameters, AdamW optimiser, Optional<ParameterAverage> average) {
    Map<String, Tensor> averages = average.map(ParameterAverage::state).orElse(Map.of());
    try (SafetensorsFile source = SafetensorsFile.open(file)) {
      Set<String> expected = new HashSet<>(optimiser.state().keySet());
      expected.addAll(averages.keySet());
      parameters.forEach(parameter -> expected.add(parameter.name()));
      UnexpectedTensors.refuse(source.describe(), source.names(), expected);
      Scope.run(
          () -> {
            Map<String, Tensor> moments = new LinkedHashMap<>();
            optimiser.state().forEach((name, like) -> moments.put(name, read(source, name, like)));
            optimiser.restore(moments, Integer.parseInt(source.metadata().get(OPTIMISER_STEPS)));
          });
      load(source, parameters);
      averages.forEach((name, tensor) -> load(source, name, tensor));
      Progress progress = JSON.readValue(source.metadata().get(PROGRESS), Progress.class);
      if (progress == null) {
        throw InvalidInputException.of("%s does not say how far the run had come", file);
      }
      return progress;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new InvalidInputException(file + " is not a checkpoint of this version", e);
    }
  }

  /** Saves parameters alone. */
  static void saveParameters(Path file, List<Parameter> parameters) {
    SafetensorsWriter.write(file, values(parameters), Map.of());
  }

  /** Reads parameters alone. */
  static void restoreParameters(Path file, List<Parameter> parameters) {
    try (SafetensorsFile source = SafetensorsFile.open(file)) {
      UnexpectedTensors.refuse(
          source.describe(), source.names(), parameters.stream().map(Parameter::name).toList());
      load(source, parameters);
    }
  }

  private static void load(SafetensorsFile source, List<Parameter> parameters) {
    parameters.forEach(parameter -> load(source, parameter.name(), parameter.tensor()));
  }

  private static void load(SafetensorsFile source, String name, Tensor into) {
    Autograd.withoutGraph(() -> Scope.run(() -> into.copy_(read(source, name, into))));
  }

  /** A tensor of the file. It must have the shape of another: copying would broadcast it. */
  private static Tensor read(SafetensorsFile source, String name, Tensor like) {
    long[] found = source.info(name).dimensions();
    if (!Arrays.equals(found, Tensors.shape(like))) {
      throw InvalidInputException.of(
          "%s: tensor %s is %s; %s is expected",
          source.describe(), name, Arrays.toString(found), Arrays.toString(Tensors.shape(like)));
    }
    return source.read(name);
  }

  private static Map<String, Tensor> values(List<Parameter> parameters) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    parameters.forEach(parameter -> values.put(parameter.name(), parameter.tensor()));
    return values;
  }
}
