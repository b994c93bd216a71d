package org.ptuning4j.spark;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.spark.inference.PackContent;
import org.ptuning4j.spark.training.FileBundle;
import org.ptuning4j.spark.training.SharedFolder;
import scala.Option;

/**
 * How a {@link PromptModel} is saved: Spark's metadata, each pack in a folder {@code packs/NAME},
 * and {@code result.json}. A pack's folder is one that {@code ptune} and the server read.
 */
final class PromptModelFiles {

  private static final String PACKS = "packs";
  private static final String RESULT = "result.json";

  private PromptModelFiles() {}

  /** Saves a model. */
  static final class Writer extends MLWriter {

    private final PromptModel model;

    Writer(PromptModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter$.MODULE$.saveMetadata(
          model, path, sparkSession(), Option.empty(), Option.empty());
      SharedFolder folder = SharedFolder.at(path, sc().hadoopConfiguration());
      model
          .packs()
          .forEach(
              (name, pack) ->
                  pack.files()
                      .files()
                      .forEach(
                          (file, bytes) -> folder.write(PACKS + "/" + name + "/" + file, bytes)));
      folder.write(RESULT, model.result().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Reads a model. */
  static final class Reader extends MLReader<PromptModel> {

    @Override
    public PromptModel load(String path) {
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader$.MODULE$.loadMetadata(
              path, sparkSession(), PromptModel.class.getName());
      SharedFolder folder = SharedFolder.at(path, sc().hadoopConfiguration());
      SharedFolder all = SharedFolder.at(path + "/" + PACKS, sc().hadoopConfiguration());
      Map<String, PackContent> packs = new LinkedHashMap<>();
      for (String name : all.folders()) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String file : all.names(name)) {
          all.read(name + "/" + file).ifPresent(bytes -> files.put(file, bytes));
        }
        packs.put(name, PackContent.of(name, new FileBundle(files)));
      }
      if (packs.isEmpty()) {
        throw InvalidInputException.of("%s holds no packs", path);
      }
      String result =
          folder.read(RESULT).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("{}");
      PromptModel model = new PromptModel(metadata.uid(), packs, result);
      metadata.getAndSetParams(model, Option.empty());
      return model;
    }
  }
}
