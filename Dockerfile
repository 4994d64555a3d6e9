# Serves the shipped model on port 5000: no torch inside, not as root.
FROM python:3.13-slim
COPY . /src
RUN pip install --no-cache-dir --constraint /src/constraints.txt '/src[server,documents]' && rm -r /src \
    && useradd --create-home --uid 10001 nmt
USER nmt
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:5000/health')"]
ENTRYPOINT ["nmt", "serve", "--host", "0.0.0.0"]
