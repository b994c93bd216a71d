# To be read by other scripts: the options that Spark needs of Java, in the array "opens".
opens=(-Djdk.reflect.useDirectMethodHandle=false -Dio.netty.tryReflectionSetAccessible=true
  # Spark logs by Log4j; ptune brings Logback.
  -Dslf4j.provider=org.apache.logging.slf4j.SLF4JServiceProvider)
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util \
  java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action \
  sun.util.calendar; do
  opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
