package org.ptuning4j.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.file.SafetensorsFile;

/** What is in files of tensors. */
public final class Packs {

  private Packs() {}

  /** Every value of a file, by the tensors' names. */
  public static Map<String, List<Float>> values(Path file) {
    Torch.start();
    Map<String, List<Float>> values = new TreeMap<>();
    Scope.run(
        () -> {
          try (SafetensorsFile source = SafetensorsFile.open(file)) {
            for (String name : source.names()) {
              List<Float> list = new ArrayList<>();
              for (float value : Tensors.floats(source.read(name))) {
                list.add(value);
              }
              values.put(name, list);
            }
          }
        });
    return values;
  }
}
