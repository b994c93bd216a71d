package org.ptuning4j.spark;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.ptuning4j.hub.EmbeddedModel;
import org.ptuning4j.tensor.Torch;

/** A Spark application of the tests. */
public final class SparkApplication implements AutoCloseable {

  private final SparkSession session;

  private SparkApplication(SparkSession session) {
    this.session = session;
  }

  /** Executors that are processes of their own, with one core each. */
  public static SparkApplication cluster(int executors) {
    return start("local-cluster[%d,1,1024]".formatted(executors));
  }

  /** Tasks that are threads of this process. */
  public static SparkApplication local(int threads) {
    return start("local[%d]".formatted(threads));
  }

  private static SparkApplication start(String master) {
    String here = "127.0.0.1";
    return new SparkApplication(
        SparkSession.builder()
            .master(master)
            .appName("ptuning4j tests")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", here)
            .config("spark.driver.bindAddress", here)
            .config("spark.executor.memory", "1g")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.default.parallelism", 2)
            .config("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
            .getOrCreate());
  }

  /** The session. */
  public SparkSession session() {
    return session;
  }

  /** The folder of the model that comes with the library. */
  public static String model() {
    return EmbeddedModel.bertMini().unpackInto(Torch.cacheFolder().resolve("models")).toString();
  }

  /** A folder as a text. */
  public static String text(Path folder) {
    return folder.toAbsolutePath().toString();
  }

  @Override
  public void close() {
    session.stop();
  }
}
