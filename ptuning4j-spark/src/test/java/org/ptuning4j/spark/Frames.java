package org.ptuning4j.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Data frames that a model can learn: which of two words is in the sentence. */
public final class Frames {

  private static final List<String> FILLER =
      List.of("the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "in", "France");

  private Frames() {}

  /** Texts with labels, and which of them are evaluated on. */
  public static Dataset<Row> texts(SparkSession spark, int train, int dev, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < train + dev; i++) {
      boolean good = random.nextBoolean();
      rows.add(RowFactory.create(text(random, good), good ? "yes" : "no", i >= train));
    }
    return spark.createDataFrame(
        rows,
        new StructType()
            .add("sentence", DataTypes.StringType)
            .add("answer_is", DataTypes.StringType)
            .add("held_out", DataTypes.BooleanType));
  }

  private static String text(SplittableRandom random, boolean good) {
    int length = random.nextInt(3, 9);
    int at = random.nextInt(length);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      String word =
          i == at ? (good ? "delight" : "dreadful") : FILLER.get(random.nextInt(FILLER.size()));
      text.append(i == 0 ? "" : " ").append(word);
    }
    return text.toString();
  }

  /** Words with tags: what follows "of" is a place. */
  public static Dataset<Row> words(SparkSession spark, int count) {
    SplittableRandom random = new SplittableRandom(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> words = new ArrayList<>();
      List<String> tags = new ArrayList<>();
      int length = random.nextInt(2, 7);
      int at = random.nextInt(length);
      for (int word = 0; word < length; word++) {
        words.add(FILLER.get(random.nextInt(FILLER.size() - 1)));
        tags.add("O");
        if (word == at) {
          words.addAll(List.of("of", "Tarn" + i));
          tags.addAll(List.of("O", "B-LOC"));
        }
      }
      rows.add(RowFactory.create(words.toArray(), tags.toArray()));
    }
    return spark.createDataFrame(
        rows,
        new StructType()
            .add("tokens_of", DataTypes.createArrayType(DataTypes.StringType))
            .add("marks", DataTypes.createArrayType(DataTypes.StringType)));
  }
}
